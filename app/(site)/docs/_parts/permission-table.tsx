import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { isAllowed, PERMISSIONS, type Permission, ROLES } from "@/server/organizations/permissions";

/** Who may do what, drawn from the table that the procedures are checked against. */
export function PermissionTable() {
  return (
    <Table caption="Permissions by role">
      <TableHead>
        <tr>
          <HeaderCell>Permission</HeaderCell>
          {ROLES.map((role) => (
            <HeaderCell key={role}>{role}</HeaderCell>
          ))}
        </tr>
      </TableHead>
      <TableBody>
        {(Object.keys(PERMISSIONS) as Permission[]).map((permission) => (
          <tr key={permission}>
            <RowHeader className="font-mono text-xs">{permission}</RowHeader>
            {ROLES.map((role) => (
              <Cell key={role}>{isAllowed(role, permission) ? "yes" : "–"}</Cell>
            ))}
          </tr>
        ))}
      </TableBody>
    </Table>
  );
}
