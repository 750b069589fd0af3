// The main() of every notebook. All of its cells have run before it begins (report/notebook.hpp);
// what they printed may not have fitted on the disk.
#include <cstdio>

int main() { return std::fflush(stdout) == 0 && !std::ferror(stdout) ? 0 : 1; }
