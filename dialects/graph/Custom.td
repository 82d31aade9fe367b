// CATALOGUE: rules written by hand. Blocks in Extremum.cpp and Logic.cpp.
