-- By hand: what is stored already gets its place; the first line of the searched text is the name.
ALTER TABLE "Contact" ADD COLUMN "sortName" TEXT NOT NULL DEFAULT '';
UPDATE "Contact" SET "sortName" = substr(substr("searchText", 1, instr("searchText" || char(10), char(10)) - 1), 1, 100);
ALTER TABLE "Product" ADD COLUMN "sortName" TEXT NOT NULL DEFAULT '';
UPDATE "Product" SET "sortName" = substr(substr("searchText", 1, instr("searchText" || char(10), char(10)) - 1), 1, 100);
CREATE INDEX "Contact_credentialId_sortName_upstreamId_idx" ON "Contact"("credentialId", "sortName", "upstreamId");
CREATE INDEX "Contact_credentialId_upstreamUpdatedAt_upstreamId_idx" ON "Contact"("credentialId", "upstreamUpdatedAt", "upstreamId");
CREATE INDEX "Product_credentialId_sortName_upstreamId_idx" ON "Product"("credentialId", "sortName", "upstreamId");
CREATE INDEX "Product_credentialId_upstreamUpdatedAt_upstreamId_idx" ON "Product"("credentialId", "upstreamUpdatedAt", "upstreamId");
