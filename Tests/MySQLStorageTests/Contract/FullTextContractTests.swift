#if MySQL
    import Storage
    import Testing
    import TestSupport
    @testable import MySQLStorage

    /// How words are looked for: the two engines' full text, and what servers get that have none.
    enum Search: String, CaseIterable, Sendable, CustomStringConvertible {
        case sqlite = "FTS5"
        case fullText = "FULLTEXT"
        case like = "LIKE"

        var description: String { rawValue }
        var engine: Engine { self == .sqlite ? .sqlite : .mysql }
    }

    /// A table of words, and one beside it.
    enum Spoken {
        static let form = "CREATE VIRTUAL TABLE spoken USING fts5(words, content='', columnsize=0, tokenize='ascii')"
        static let schema = Schema(
            room: "spoken",
            migrations: [Migration(1, "words", ["CREATE TABLE spoken_by (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40))", form])])

        static func say(_ id: Int, _ words: [String], _ connection: any SQLConnection) throws {
            try connection.execute("INSERT INTO spoken (\"rowid\", words) VALUES (?, ?)", id, " " + words.joined(separator: " ") + " ")
            try connection.execute("INSERT INTO spoken_by (id, name) VALUES (?, 'Kim')", id)
        }

        static func find(
            _ query: FullTextQuery, by search: Search, before: Int = .max, limit: Int = 1_000, _ connection: any SQLConnection
        ) throws -> [Int] {
            let without = MySQLFlavour(server: "8.0.11-TiDB-v7.5.0")
            let found =
                search == .like
                ? MatchWords.matching(query, in: "w.words", flavour: without) : connection.matching(query, in: "w.words")
            let sql = "SELECT w.\"rowid\" FROM spoken w WHERE \(found.text) AND w.\"rowid\" < ? ORDER BY w.\"rowid\" DESC LIMIT ?"
            let page: [SQLValue] = [.integer(Int64(before)), .integer(Int64(limit))]
            return try connection.rows(sql, found.arguments + page).map { try $0.get(0) }
        }
    }

    @Suite("Full text, on every engine")
    struct FullTextContractTests {
        private static let said: [(Int, [String])] = [
            (1, ["1xrefund", "1xorder", "1x8812", "1xcom"]), (2, ["1xrefunds", "1xfor"]), (3, ["2xrefund"]),
            (4, ["1y4f60597d", "1y597d5417", "1y54175f00"]), (5, ["1y597d5417", "1y4f60597d"]),
            (6, ["1xor", "1xnear", "1xnot", "1xand", "1xthe"]), (7, ["1x" + String(repeating: "l", count: 82)]), (8, ["11xrefund"]),
            (9, ["1xa"]),
            (10, ["1xorder", "1xrefund", "1xrefund"]),
        ]

        @Test(
            "beginnings, phrases and all of several are found, the newest first, and nothing else",
            arguments: [
                ([.beginning("1xrefund")], [10, 2, 1]), ([.beginning("1xref")], [10, 2, 1]), ([.phrase(["1xrefund"])], [10, 1]),
                ([.beginning("1xrefund"), .beginning("1xord")], [10, 1]), ([.phrase(["1xrefund", "1xorder"])], [1]),
                ([.phrase(["1xorder", "1xrefund"])], [10]), ([.phrase(["1xrefund", "1x8812"])], []),
                ([.phrase(["1xorder", "1x8812"]), .beginning("1xre")], [1]), ([.beginning("1x88")], [1]),
                ([.phrase(["1y4f60597d", "1y597d5417"])], [4]), ([.phrase(["1y597d5417"])], [5, 4]), ([.phrase(["1y4f60597d"])], [5, 4]),
                ([.phrase(["1y4f60597d", "1y597d5417", "1y54175f00"])], [4]), ([.phrase(["1y4f60597d", "1y54175f00"])], []),
                ([.beginning("2xrefund")], [3]), ([.beginning("11x")], [8]), ([.beginning("1xor")], [10, 6, 1]),
                ([.phrase(["1xor", "1xnear", "1xnot"])], [6]), ([.beginning("1xthe")], [6]),
                ([.phrase(["1x" + String(repeating: "l", count: 82)])], [7]), ([.beginning("1xlllllll")], [7]), ([.phrase(["1xa"])], [9]),
                ([.beginning("1xa")], [9, 6]), ([.beginning("1xnothing")], []), ([.beginning("1xrefund"), .phrase(["1xnothing"])], []),
            ] as [([FullTextQuery.Term], [Int])])
        func finds(_ terms: [FullTextQuery.Term], _ expected: [Int]) async throws {
            for search in Search.allCases {
                let room = try await Self.room(search.engine)
                let found = try await room.database.read { try Spoken.find(FullTextQuery(terms), by: search, $0) }
                #expect(found == expected, "\(search)")
            }
        }

        @Test("page by page down to the oldest, each row once", arguments: Search.allCases)
        func pages(_ search: Search) async throws {
            let room = try await TestRoom.open(search.engine, [Spoken.schema])
            try await room.database.write { connection in
                for id in 1...100 { try Spoken.say(id << 20 | id, ["1xlantern", "1x\(id)"], connection) }
            }
            let found = try await room.database.read { connection in
                var (found, before) = ([Int](), Int.max)
                while true {
                    let page = try Spoken.find(
                        FullTextQuery([.beginning("1xlan")]), by: search, before: before, limit: 7, connection)
                    guard let last = page.last else { return found }
                    found += page
                    before = last
                }
            }
            #expect(found == (1...100).reversed().map { $0 << 20 | $0 })
        }

        @Test("all ways agree with whoever reads the words one by one", arguments: [1, 2] as [UInt64])
        func agree(_ seed: UInt64) async throws {
            var dice = SeededRandom(seed: seed)
            let stems = (0..<12).map { _ in String((0..<4).map { _ in "abc".randomElement(using: &dice) ?? "a" }) }
            let words = stems.flatMap { ["1x\($0)", "1x\($0)c", "12x\($0)"] }
            let said = (0..<150).map { _ in (0..<Int.random(in: 1...8, using: &dice)).map { _ in words.randomElement(using: &dice) ?? "" } }
            let queries = (0..<120).map { _ in
                FullTextQuery(
                    (0..<Int.random(in: 1...3, using: &dice)).map { _ in
                        let word = words.randomElement(using: &dice) ?? ""
                        let length = Int.random(in: 3...word.count, using: &dice)
                        guard Bool.random(using: &dice) else { return .beginning(String(word.prefix(length))) }
                        let line = said.randomElement(using: &dice) ?? []
                        let start = Int.random(in: 0..<max(1, line.count), using: &dice)
                        return .phrase(Array(line.dropFirst(start).prefix(Int.random(in: 1...3, using: &dice))))
                    })
            }
            let expected = queries.map { query in said.indices.filter { Self.has(query, said[$0]) }.reversed().map { $0 + 1 } }
            #expect(expected.contains { $0.count > 3 } && expected.contains([]))
            for search in Search.allCases {
                let room = try await TestRoom.open(search.engine, [Spoken.schema])
                try await room.database.write { connection in
                    for (index, line) in said.enumerated() { try Spoken.say(index + 1, line, connection) }
                }
                let found = try await room.database.read { connection in
                    try queries.map { try Spoken.find($0, by: search, connection) }
                }
                for (index, query) in queries.enumerated() { #expect(found[index] == expected[index], "\(search) \(query.terms)") }
            }
        }

        private static let hostile = [
            "\"", "1xrefund\" OR \"1xorder", "1xrefund*", "1xre%", "1xre_und", "*", "+", "-1xrefund", "~1xrefund", "(1xrefund)", "NEAR",
            "OR",
            "AND NOT", "1xrefund OR", "words:1xrefund", "words : 1xrefund", "^1xrefund", "{words}: a", "1xrefund\\", "'", "@3",
            "1xrefund 1xorder",
            "%%%", "\u{0}", "客服", "", "1XREFUND", "1xréfund", ">1xrefund", "1x", "a", String(repeating: "a", count: 85),
        ]

        @Test("what is no word is left out, and no engine takes it for a word of its own", arguments: Search.allCases)
        func hostile(_ search: Search) async throws {
            let room = try await Self.room(search.engine)
            for text in Self.hostile {
                let alone = FullTextQuery([.beginning(text), .phrase([text]), .phrase([text, text])])
                #expect(alone.terms.isEmpty, "\(text)")
                let mixed = FullTextQuery([.beginning(text), .phrase([text, "1xrefund", text])])
                #expect(mixed == FullTextQuery([.phrase(["1xrefund"])]))
                let found = try await room.database.read { try Spoken.find(alone, by: search, $0) }
                #expect(found.isEmpty)
            }
            // Words of the engines' own languages, in small letters as words are. (InnoDB takes stop words, as "the", out of phrases: a word that
            // begins with a digit is none.)
            for word in ["near", "not", "and", "words", "rowid", "match", "against", "in1boolean1mode"] {
                for term in [FullTextQuery.Term.beginning(word), .phrase([word]), .phrase([word, "1xrefund"])] {
                    let found = try await room.database.read { try Spoken.find(FullTextQuery([term]), by: search, $0) }
                    #expect(found.isEmpty, "\(term)")
                }
            }
        }

        private struct Refusal: Error {}

        @Test("what was taken back is not found, and what its neighbours stored is", arguments: Search.allCases)
        func takenBack(_ search: Search) async throws {
            let room = try await TestRoom.open(search.engine, [Spoken.schema])
            await #expect(throws: Refusal.self) {
                try await room.database.write { connection in
                    try Spoken.say(1_000, ["1xalone"], connection)
                    throw Refusal()
                }
            }
            let outcomes = try await room.database.batch(of: 60) { number, connection in
                try Spoken.say(number + 1, ["1xtogether", "1x\(number)"], connection)
                if number % 10 == 3 { throw Refusal() }
                // Refused by the table beside it, behind the words.
                if number % 10 == 7 { try connection.execute("INSERT INTO spoken_by (id) VALUES (?)", number + 1) }
            }
            let kept = (0..<60).filter { $0 % 10 != 3 && $0 % 10 != 7 }
            #expect(outcomes.indices.filter { outcomes[$0] == nil } == kept)
            let found = try await room.database.read { connection in
                [
                    try Spoken.find(FullTextQuery([.beginning("1xalone")]), by: search, connection),
                    try Spoken.find(FullTextQuery([.phrase(["1xtogether"])]), by: search, connection),
                    try Spoken.find(FullTextQuery([.phrase(["1x13"])]), by: search, connection),
                    try Spoken.find(FullTextQuery([.phrase(["1xtogether", "1x14"])]), by: search, connection),
                ]
            }
            #expect(found == [[], kept.reversed().map { $0 + 1 }, [], [15]])
            guard search == .sqlite else { return }
            try await room.database.write { _ = try $0.execute("INSERT INTO spoken (spoken) VALUES ('integrity-check')") }
        }

        @Test("words of 3 to 84 letters are what a server's index takes as it is shipped")
        func lengths() throws {
            let shown = try MariaDBServer.shared().execute(
                "SELECT @@innodb_ft_min_token_size, @@innodb_ft_max_token_size")
            #expect(shown == ["\(FullTextQuery.lengths.lowerBound)\t\(FullTextQuery.lengths.upperBound)"])
        }

        private static func room(_ engine: Engine) async throws -> TestRoom {
            let room = try await TestRoom.open(engine, [Spoken.schema])
            try await room.database.write { connection in
                for (id, words) in said { try Spoken.say(id, words, connection) }
            }
            return room
        }

        /// What a search is to find, told without any engine.
        private static func has(_ query: FullTextQuery, _ line: [String]) -> Bool {
            !query.terms.isEmpty
                && query.terms.allSatisfy { term in
                    switch term {
                    case .beginning(let text): line.contains { $0.hasPrefix(text) }
                    case .phrase(let words): line.indices.contains { Array(line[$0...].prefix(words.count)) == words }
                    }
                }
        }
    }
#endif
