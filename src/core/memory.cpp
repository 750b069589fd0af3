// Set once, before main, for whatever is linked with the library: the program, tests, notebooks.
#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>

namespace mbrl {

// Large blocks are kept instead of being handed back to the system after every batch, which would
// give a product of large matrices fresh pages, to be cleared, each time.
[[maybe_unused]] static const bool large_blocks_are_kept =
    mallopt(M_MMAP_THRESHOLD, 256 << 20) && mallopt(M_TRIM_THRESHOLD, 512 << 20);

}  // namespace mbrl
#endif
