/* An adapter for packetdrill's own interface. */
void packetdrill_interface_init(const char *flags, void *interface);
void packetdrill_interface_init(const char *flags, void *interface) {
  (void)flags;
  (void)interface;
}
