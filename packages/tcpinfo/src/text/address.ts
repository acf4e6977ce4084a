// Addresses with ports, as netstat and ss write them with -n.

/** `127.0.0.1:80`, and `0.0.0.0:*` for no port. */
export function endPoint(ip: string, port: number): string {
  return `${ip}:${portText(port)}`
}

export function portText(port: number): string {
  return port === 0 ? '*' : String(port)
}
