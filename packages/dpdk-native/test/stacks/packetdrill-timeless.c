/* An object whose clock fails. */
#define ECHO_INIT echo_init
#include "packetdrill-echo.c"

static int no_time(void* data, struct timeval* now, struct timezone* zone) {
  (void)data;
  (void)now;
  (void)zone;
  errno = EPERM;
  return -1;
}

int packetdrill_interface_init(const char* flags, struct packetdrill_interface* table) {
  echo_init(flags, table);
  table->gettimeofday = no_time;
  return 0;
}
