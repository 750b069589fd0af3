// Set once, before main, for whatever is linked with the library: the program, tests, notebooks.
#include <Eigen/Core>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace mbrl {

#ifdef __GLIBC__
// Large blocks are kept instead of being handed back to the system after every batch, which would
// give a product of large matrices fresh pages, to be cleared, each time.
[[maybe_unused]] static const bool large_blocks_are_kept =
    mallopt(M_MMAP_THRESHOLD, 256 << 20) && mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif

// Eigen cuts the sums of a product into blocks that fit into the caches. With one size for all, the
// same program rounds in the same way on every machine that runs it.
[[maybe_unused]] static const bool caches_are_of_one_size =
    (Eigen::setCpuCacheSizes(48 << 10, 1 << 20, 8 << 20), true);

}  // namespace mbrl
