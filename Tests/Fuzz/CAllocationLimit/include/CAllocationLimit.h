#ifndef C_ALLOCATION_LIMIT_H
#define C_ALLOCATION_LIMIT_H

#include <stddef.h>

/// Ends the program when more bytes than this are asked for at once; 0 for no limit, as at the start.
///
/// libFuzzer has such a limit only together with a sanitizer that replaces the allocator. Its limit of
/// the resident memory does not see what is asked for and never touched, which on a laptop with little
/// memory is a refusal all the same.
void kulkul_limit_allocations(size_t bytes);

#endif
