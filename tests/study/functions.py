"""Functions of the unit cube whose sensitivities are known in closed form."""

import numpy as np

A, B = 7.0, 0.1
"""Constants of Ishigami's function."""
G = (0.0, 1.0, 4.5, 9.0)
"""Constants of Sobol's G: the larger, the less its number matters."""


def ishigami(x):
    """(…, 3) → (…): T. Ishigami and T. Homma (1990), at angles from −π to π."""
    z = np.pi * (2 * x - 1)
    return np.sin(z[..., 0]) + A * np.sin(z[..., 1]) ** 2 + B * z[..., 2] ** 4 * np.sin(z[..., 0])


def sobol_g(x):
    """(…, 4) → (…): I. M. Sobol' (1993)."""
    a = np.array(G)
    return ((np.abs(4 * x - 2) + a) / (1 + a)).prod(axis=-1)


def ishigami_indices():
    """First-order and total indices."""
    total = 0.5 + A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18
    alone = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0])
    both = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    return alone / total, (alone + np.array([both, 0.0, both])) / total


def g_indices():
    """First-order and total indices."""
    each = 1 / (3 * (1 + np.array(G)) ** 2)
    total = np.prod(1 + each) - 1
    return each / total, each * np.prod(1 + each) / (1 + each) / total
