-- AlterTable
ALTER TABLE "User" ADD COLUMN "passwordGivenAt" DATETIME;
