-- CreateEnum
CREATE TYPE "SessionKind" AS ENUM ('BEARER', 'COOKIE');

-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "confirmedAt" TIMESTAMP(3),
ADD COLUMN     "kind" "SessionKind" NOT NULL DEFAULT 'BEARER';
