-- AlterTable
ALTER TABLE "User" ADD COLUMN     "passwordGivenAt" TIMESTAMP(3);
