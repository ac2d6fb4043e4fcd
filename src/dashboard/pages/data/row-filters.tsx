import { useAllPages } from "../../client/use-pages.ts";
import { OdooCredentialsDocument } from "../../gql/graphql.ts";
import { SearchField, SelectField } from "../../parts/field.tsx";
import { Filters } from "../../parts/table.tsx";
import { texts } from "../../texts/texts.ts";
import { CredentialOptions } from "../sync/credential-options.tsx";
import { ORDER_NAMES } from "./orders.ts";

const words = texts.rows;

/** What is searched for in which credential's rows, and their order. */
export function RowFilters({
  label,
  search,
  onSearch,
  credentialId,
  onCredential,
  order,
  onOrder,
}: {
  readonly label: string;
  readonly search: string;
  readonly onSearch: (search: string) => void;
  readonly credentialId: string | null;
  readonly onCredential: (id: string) => void;
  readonly order: string;
  readonly onOrder: (name: string) => void;
}) {
  const { rows: sources } = useAllPages(OdooCredentialsDocument, ({ credentials }) => credentials);
  const standard = sources.find(({ isDefault }) => isDefault) ?? sources[0];
  return (
    <Filters>
      <SearchField label={label} value={search} onChange={({ target }) => onSearch(target.value)} />
      {sources.length > 1 && (
        <SelectField
          label={words.credential}
          value={credentialId ?? standard?.id ?? ""}
          onChange={({ target }) => onCredential(target.value)}
        >
          <CredentialOptions sources={sources} />
        </SelectField>
      )}
      <SelectField label={words.order} value={order} onChange={({ target }) => onOrder(target.value)}>
        {ORDER_NAMES.map((name) => (
          <option key={name} value={name}>
            {words.orders[name]}
          </option>
        ))}
      </SelectField>
    </Filters>
  );
}
