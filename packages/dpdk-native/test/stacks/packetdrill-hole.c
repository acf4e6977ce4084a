/* An object that cannot be asked for packets. */
#define ECHO_INIT echo_init
#include "packetdrill-echo.c"

int packetdrill_interface_init(const char* flags, struct packetdrill_interface* table) {
  echo_init(flags, table);
  table->netdev_receive = 0;
  return 0;
}
