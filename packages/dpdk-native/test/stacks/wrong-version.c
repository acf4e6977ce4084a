/* Built with a later, incompatible interface. */
#define MAJOR 2
#include "quiet.h"
