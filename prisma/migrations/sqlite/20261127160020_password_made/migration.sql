-- AlterTable
ALTER TABLE "User" ADD COLUMN "passwordMadeAt" DATETIME;
