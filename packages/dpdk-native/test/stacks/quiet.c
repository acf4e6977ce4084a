/* Loads, and does nothing. No timer ever. */
#include "quiet.h"
