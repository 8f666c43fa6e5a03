"""Systems of ordinary differential equations as polynomials: samples, monomials, Darboux polynomials, maps."""
