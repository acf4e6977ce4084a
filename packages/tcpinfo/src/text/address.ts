// Addresses with ports, as netstat and ss write them with -n.

/** netstat's: `127.0.0.1:80`, `:::80`, and `0.0.0.0:*` for no port. */
export function endPoint(ip: string, port: number): string {
  return `${ip}:${portText(port)}`
}

/** ss's, which puts IPv6 into brackets: `[2001:db8::1]`. */
export function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip
}

export function portText(port: number): string {
  return port === 0 ? '*' : String(port)
}
