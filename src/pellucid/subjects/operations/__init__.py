"""Operations: networks on pairs of n symbols, opened whole."""
