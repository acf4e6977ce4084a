/* What lwIP asks of a platform and cannot find out by itself. */
#ifndef LUNA_ARCH_CC_H
#define LUNA_ARCH_CC_H

#include <stdio.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif
/* The same numbers in each fresh object. */
unsigned int luna_random(void);
#ifdef __cplusplus
}
#endif

#define LWIP_RAND() luna_random()
#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(x)                                   \
  do {                                                            \
    fprintf(stderr, "lwIP: %s (%s:%d)\n", x, __FILE__, __LINE__); \
    abort();                                                      \
  } while (0)

#endif
