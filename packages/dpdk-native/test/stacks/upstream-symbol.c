/* An adapter for packetdrill's own interface. */
__attribute__((visibility("default"))) void packetdrill_interface_init(const char* flags, void* interface);
void packetdrill_interface_init(const char* flags, void* interface) {
  (void)flags;
  (void)interface;
}
