/* Built with UBSan alone. Adds 1 to the greatest number when the program listens. */
#include "overflows-a-number.c"
