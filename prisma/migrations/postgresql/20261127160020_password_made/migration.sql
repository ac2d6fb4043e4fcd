-- AlterTable
ALTER TABLE "User" ADD COLUMN     "passwordMadeAt" TIMESTAMP(3);
