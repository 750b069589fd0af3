// This room is in double, the room nn in the build's own Scalar: the network is tested in both.
#include "../nn/test_mlp.cpp"
