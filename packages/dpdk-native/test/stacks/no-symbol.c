/* A shared object, but no stack. */
int something_else(void);
int something_else(void) { return 0; }
