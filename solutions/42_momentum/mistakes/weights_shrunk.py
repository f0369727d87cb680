# fails: every check; first at: quantity w_new


def momentum_step(w, d, m, learning_rate, momentum):
    m_new = momentum * m + d
    return momentum * w - learning_rate * m_new, m_new  # momentum belongs to m alone
