/* A table with a hole. */
#include <stddef.h>
#define LISTEN NULL
#include "quiet.h"
