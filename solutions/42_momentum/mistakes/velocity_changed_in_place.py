# fails: inputs kept; first at: input m


def momentum_step(w, d, m, learning_rate, momentum):
    m *= momentum  # this is the caller's array
    m += d
    return w - learning_rate * m, m
