import Storage
import Vocabulary

/// Who is connected to which instance, in the database.
enum PresenceStore {
    /// What an instance writes of itself at once.
    struct Entry: Sendable {
        let instance: InstanceID
        let beat: Int64
        let version: Int64
        let life: Duration
        let came: [PresentPerson]
        let went: [PresentPerson]
        /// Everybody: written where its rows are gone, or were never there.
        let all: [PresentPerson]
        let isFirst: Bool
    }

    /// What one look brings.
    struct View: Sendable {
        let signs: [Elsewhere.Sign]
        let persons: [InstanceID: [PresentPerson]]
        /// The shops of the agents who are there.
        let serving: [MemberID: Set<ShopID>]
        /// The conversations of the visitors that were read.
        let conversations: [CustomerID: ConversationID]
    }

    private static let insertion = SQLInsertion(
        into: "presence", ["instance_id", "person_id", "is_member", "workspace_id", "shop_id", "sees_all"])

    /// - Returns: true when everything was written anew.
    static func write(_ entry: Entry, on connection: any SQLConnection) throws -> Bool {
        let life = entry.life.wholeMilliseconds
        let known = try connection.execute(
            "UPDATE presence_place SET beat = ?, version = ?, life = ? WHERE instance_id = ?", entry.beat, entry.version, life,
            entry.instance)
        guard known == 0 || entry.isFirst else {
            for person in entry.went {
                try connection.execute(
                    "DELETE FROM presence WHERE instance_id = ? AND person_id = ?", entry.instance, person.person.text)
            }
            try insert(entry.came, of: entry.instance, on: connection)
            return false
        }
        // Somebody took it for dead and forgot it, or it is new.
        try forget(entry.instance, on: connection)
        try connection.execute(
            "INSERT INTO presence_place (instance_id, beat, version, life) VALUES (?, ?, ?, ?)", entry.instance, entry.beat,
            entry.version, life)
        try insert(entry.all, of: entry.instance, on: connection)
        return true
    }

    /// Its rows count for `life` from now on.
    static func leave(_ instance: InstanceID, for life: Duration, on connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE presence_place SET beat = beat + 1, life = ? WHERE instance_id = ?", life.wholeMilliseconds, instance)
    }

    static func forget(_ instance: InstanceID, on connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM presence WHERE instance_id = ?", instance)
        try connection.execute("DELETE FROM presence_place WHERE instance_id = ?", instance)
    }

    private static func insert(_ persons: [PresentPerson], of instance: InstanceID, on connection: any SQLConnection) throws {
        guard !persons.isEmpty else { return }
        var rows = SQLRows(width: insertion.width)
        rows.reserve(persons.count, text: 110)
        for person in persons {
            rows.add(instance.description)
            rows.add(person.person.text)
            rows.add(person.person.isMember)
            rows.add(person.workspace.description)
            rows.add(person.shop?.description)
            rows.add(person.seesAll)
        }
        try connection.insert(rows, with: insertion)
    }

    /// The other instances, and the rows of those whose version isn't among `known`.
    static func view(besides own: InstanceID, known: [InstanceID: Int64], on connection: any SQLConnection) throws -> View {
        let signs = try connection.rows(
            "SELECT instance_id, beat, version, life FROM presence_place WHERE instance_id <> ?", own
        ).map {
            Elsewhere.Sign(
                instance: try $0.get(0), beat: try $0.get(1), version: try $0.get(2), life: .milliseconds(try $0.get(3, as: Int64.self)))
        }
        var persons: [InstanceID: [PresentPerson]] = [:]
        var conversations: [CustomerID: ConversationID] = [:]
        for sign in signs where known[sign.instance] != sign.version {
            persons[sign.instance] = try self.persons(of: sign.instance, &conversations, on: connection)
        }
        return View(
            signs: signs, persons: persons, serving: try serving(besides: own, on: connection), conversations: conversations)
    }

    private static func persons(
        of instance: InstanceID, _ conversations: inout [CustomerID: ConversationID], on connection: any SQLConnection
    ) throws -> [PresentPerson] {
        try connection.rows(
            """
            SELECT p.person_id, p.is_member, p.workspace_id, p.shop_id, p.sees_all, c.id FROM presence p
                LEFT JOIN conversation c ON c.customer_id = p.person_id WHERE p.instance_id = ?
            """, instance
        ).map { row in
            let person: Principal.Person = try row.get(1) ? .member(try row.get(0)) : .customer(try row.get(0))
            if case .customer(let customer) = person { conversations[customer] = try row.get(5, as: ConversationID?.self) }
            return PresentPerson(
                person: person, workspace: try row.get(2), shop: try row.get(3), seesAll: try row.get(4))
        }
    }

    private static func serving(besides own: InstanceID, on connection: any SQLConnection) throws -> [MemberID: Set<ShopID>] {
        try connection.rows(
            """
            SELECT p.person_id, st.shop_id FROM presence p JOIN shop_staff st ON st.member_id = p.person_id
                WHERE p.is_member = 1 AND p.sees_all = 0 AND p.instance_id <> ?
            """, own
        ).reduce(into: [:]) { serving, row in serving[try row.get(0), default: []].insert(try row.get(1)) }
    }
}

extension Principal.Person {
    var text: String {
        switch self {
        case .member(let id): id.description
        case .customer(let id): id.description
        }
    }

    var isMember: Bool {
        if case .member = self { true } else { false }
    }
}
