/* The same, built with UBSan's traps: no runtime is needed. */
#include "overflows-a-number.c"
