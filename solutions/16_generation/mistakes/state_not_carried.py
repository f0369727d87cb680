# fails: fed back, batch, many words, called twice, inputs kept; first at: step 2, quantity probs
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def generate(start, h_0, U, W, a, V, b, codes, steps):
    word, words, probs = start, [], []
    for _ in range(steps):
        h = np.tanh(codes[word] @ U.T + h_0 @ W.T + a)  # h_0 again and again
        p = softmax(h @ V.T + b)
        word = p.argmax(axis=-1)
        words.append(word)
        probs.append(p)
    return np.stack(words), np.stack(probs)
