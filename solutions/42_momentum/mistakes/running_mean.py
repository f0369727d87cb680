# fails: standing still, rolling, large gradients, float32, called twice, inputs kept; first at: quantity m_new


def momentum_step(w, d, m, learning_rate, momentum):
    m = momentum * m + (1 - momentum) * d  # a mean, as Adam's; the velocity is a sum
    w = w - learning_rate * m
    return w, m
