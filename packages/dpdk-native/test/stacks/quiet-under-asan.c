/* Built with AddressSanitizer, and nothing is wrong with it. */
#include "quiet.h"
