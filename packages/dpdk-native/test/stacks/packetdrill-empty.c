/* Upstream's interface, whose init fails. */
#include "packetdrill_interface.h"

int packetdrill_interface_init(const char* flags, struct packetdrill_interface* table) {
  (void)flags;
  (void)table;
  return -1;
}
