/* Cannot be unloaded (build.mjs links it with -z nodelete), so its globals are never fresh again. */
#include "quiet.h"
