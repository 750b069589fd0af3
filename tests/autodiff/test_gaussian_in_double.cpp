// This room is in double, the room nn in the build's own Scalar: the likelihood is tested in both.
#include "../nn/test_gaussian.cpp"
