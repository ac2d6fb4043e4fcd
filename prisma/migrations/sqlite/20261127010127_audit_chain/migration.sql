-- AlterTable
ALTER TABLE "AuditEvent" ADD COLUMN "chainId" TEXT;
ALTER TABLE "AuditEvent" ADD COLUMN "mac" TEXT;
ALTER TABLE "AuditEvent" ADD COLUMN "sequence" INTEGER;

-- CreateTable
CREATE TABLE "AuditAnchor" (
    "chainId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "mac" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "signature" TEXT NOT NULL,

    PRIMARY KEY ("chainId", "kind")
);

-- CreateTable
CREATE TABLE "AuditKey" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "slot" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "keyId" TEXT NOT NULL,
    "wrappedKey" BLOB NOT NULL,
    "ciphertext" BLOB NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "AuditKey_slot_key" ON "AuditKey"("slot");

-- CreateIndex
CREATE INDEX "AuditKey_keyId_id_idx" ON "AuditKey"("keyId", "id");

-- CreateIndex
CREATE INDEX "AuditEvent_createdAt_idx" ON "AuditEvent"("createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "AuditEvent_chainId_sequence_key" ON "AuditEvent"("chainId", "sequence");
