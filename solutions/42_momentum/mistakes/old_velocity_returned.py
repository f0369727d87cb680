# fails: every check; first at: quantity m_new


def momentum_step(w, d, m, learning_rate, momentum):
    velocity = momentum * m + d
    w_new = w - learning_rate * velocity
    return w_new, m  # so the next update begins from a standstill again
