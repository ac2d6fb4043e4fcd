/** Time as Prisma's SQLite adapter writes it: one text per time, so that its comparisons hold; PostgreSQL reads it too. */
export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, -1)}+00:00`;
}
