-- By hand: a search reads the searched text out of the index of the order that it is shown in, and no other row of the table.
CREATE INDEX "Contact_search_idx" ON "Contact"("credentialId", "upstreamId", "searchText");
DROP INDEX "Contact_credentialId_sortName_upstreamId_idx";
CREATE INDEX "Contact_credentialId_sortName_upstreamId_idx" ON "Contact"("credentialId", "sortName", "upstreamId", "searchText");
DROP INDEX "Contact_credentialId_upstreamUpdatedAt_upstreamId_idx";
CREATE INDEX "Contact_credentialId_upstreamUpdatedAt_upstreamId_idx" ON "Contact"("credentialId", "upstreamUpdatedAt", "upstreamId", "searchText");
CREATE INDEX "Product_search_idx" ON "Product"("credentialId", "upstreamId", "searchText");
DROP INDEX "Product_credentialId_sortName_upstreamId_idx";
CREATE INDEX "Product_credentialId_sortName_upstreamId_idx" ON "Product"("credentialId", "sortName", "upstreamId", "searchText");
DROP INDEX "Product_credentialId_upstreamUpdatedAt_upstreamId_idx";
CREATE INDEX "Product_credentialId_upstreamUpdatedAt_upstreamId_idx" ON "Product"("credentialId", "upstreamUpdatedAt", "upstreamId", "searchText");
