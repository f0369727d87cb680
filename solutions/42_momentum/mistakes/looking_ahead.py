# fails: every check; first at: quantity w_new


def momentum_step(w, d, m, learning_rate, momentum):
    m_new = momentum * m + d
    # Nesterov's: another method, which takes a part of the next step at once
    w_new = w - learning_rate * (d + momentum * m_new)
    return w_new, m_new
