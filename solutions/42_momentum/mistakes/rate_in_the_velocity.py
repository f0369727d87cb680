# fails: every check; first at: quantity m_new


def momentum_step(w, d, m, learning_rate, momentum):
    v = momentum * m + learning_rate * d  # as some books and libraries do
    return w - v, v
