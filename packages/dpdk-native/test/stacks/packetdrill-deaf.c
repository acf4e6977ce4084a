/* An object that refuses every packet. */
#define ECHO_INIT echo_init
#include "packetdrill-echo.c"

static int refuse(void* data, const void* packet, size_t count) {
  (void)data;
  (void)packet;
  (void)count;
  return -1;
}

int packetdrill_interface_init(const char* flags, struct packetdrill_interface* table) {
  echo_init(flags, table);
  table->netdev_send = refuse;
  return 0;
}
