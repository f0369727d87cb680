"""Exercise 42, a right answer."""


def momentum_step(w, d, m, learning_rate, momentum):
    """A share of the old velocity, and the whole gradient; then the weights move."""
    m_new = momentum * m + d
    w_new = w - learning_rate * m_new
    return w_new, m_new
