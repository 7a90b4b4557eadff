import HTTPTypes
import Testing
import Vocabulary

/// Every route, by everybody, on one's own workspace and on another.
struct DoorMatrixTests {
    struct Verb: Sendable, CustomStringConvertible {
        let method: HTTPRequest.Method
        /// `{node}`, `{key}`, `{request}` and `{price}` are those of Lantern.
        let path: String
        var body = ""
        var role = Role.agent
        var description: String { "\(method) \(path)" }
        var isOfOneThing: Bool { path.contains("{") }
    }

    static let verbs: [Verb] = [
        Verb(method: .get, path: "nodes"), Verb(method: .get, path: "nodes/{node}"), Verb(method: .get, path: "nodes/{node}/history"),
        Verb(method: .get, path: "nodes/{node}/models"), Verb(method: .get, path: "keys"), Verb(method: .get, path: "keys/{key}"),
        Verb(method: .get, path: "requests"), Verb(method: .get, path: "requests/{request}"), Verb(method: .get, path: "usage"),
        Verb(method: .get, path: "prices"), Verb(method: .get, path: "settings"), Verb(method: .get, path: "address"),
        Verb(method: .get, path: "audit", role: .admin),
        Verb(method: .post, path: "nodes", body: #"{"name":"x","url":"https://x.example"}"#, role: .admin),
        Verb(method: .patch, path: "nodes/{node}", body: #"{"weight":5}"#, role: .admin),
        Verb(method: .put, path: "nodes/order", body: #"{"groups":[]}"#, role: .admin),
        Verb(method: .post, path: "nodes/{node}/disable", role: .admin), Verb(method: .post, path: "nodes/{node}/enable", role: .admin),
        Verb(method: .post, path: "nodes/{node}/drain", role: .admin), Verb(method: .post, path: "nodes/{node}/undrain", role: .admin),
        Verb(method: .post, path: "nodes/{node}/test", role: .admin),
        Verb(method: .post, path: "keys", body: #"{"name":"x"}"#, role: .admin),
        Verb(method: .patch, path: "keys/{key}", body: #"{"concurrency":1}"#, role: .admin),
        Verb(method: .post, path: "keys/{key}/revoke", role: .admin),
        Verb(method: .post, path: "prices", body: #"{"match":"x","input":"1","output":"1"}"#, role: .admin),
        Verb(method: .post, path: "prices/rerate", body: #"{"from":0,"to":1}"#, role: .admin),
        Verb(method: .delete, path: "prices/{price}", role: .admin), Verb(method: .delete, path: "nodes/{node}", role: .admin),
        Verb(method: .patch, path: "settings", body: #"{"QUEUE":"99"}"#, role: .owner),
    ]

    private struct Lantern {
        let door: GatewayDoor
        let things: [(String, String)]
        let key: String

        init() async throws {
            door = try await GatewayDoor()
            let node = try await door.loopbackNode(port: 1)
            _ = try await door.patch("nodes/\(node)", #"{"credential":"sk-lantern-secret"}"#, as: door.ada)
            let key = try await door.key()
            let price = try await door.price()
            let request = try await door.served(by: node, key: key.id)
            things = [("{node}", node), ("{key}", key.id), ("{request}", request), ("{price}", price)]
            self.key = key.text
        }

        func send(_ verb: Verb, as member: MemberPrincipal?, body: String? = nil) async throws -> Answer {
            let path = things.reduce(verb.path) { $0.replacing($1.0, with: $1.1) }
            return try await door.send(verb.method, path, body ?? verb.body, as: member)
        }
    }

    @Test("who is not signed in is told so, before anything is read or looked up", arguments: verbs)
    func strangers(verb: Verb) async throws {
        let door = try await GatewayDoor()
        for body in ["", verb.body, "{"] {
            let answer = try await door.send(verb.method, verb.path.replacing("{", with: "").replacing("}", with: ""), body, as: nil)
            #expect(answer.status == 401 && answer.code == "people.signed_out", "\(verb) \(answer.text)")
        }
    }

    @Test("in the own workspace the role decides, and nobody sees a secret", arguments: verbs)
    func roles(verb: Verb) async throws {
        let lantern = try await Lantern()
        for member in [lantern.door.bo, lantern.door.cleo, lantern.door.ada] {
            let answer = try await lantern.send(verb, as: member)
            let isRefused = answer.status == 403 && answer.code == "people.forbidden"
            #expect(isRefused == (member.role < verb.role), "\(member.role) \(verb) \(answer.text)")
            #expect(answer.status < 500 && !answer.text.contains("sk-lantern"), "\(verb) \(answer.text)")
            #expect(!answer.text.contains(lantern.key.dropFirst(9)))
        }
    }

    @Test("an owner of another workspace finds nothing of this one", arguments: verbs)
    func foreign(verb: Verb) async throws {
        let lantern = try await Lantern()
        let answer = try await lantern.send(verb, as: lantern.door.eve)
        if verb.isOfOneThing { #expect(answer.status == 404, "\(verb) \(answer.text)") }
        for (_, id) in lantern.things { #expect(!answer.text.contains(id), "\(verb)") }
        #expect(!answer.text.contains("Kim's laptop"))
        #expect(try await lantern.send(Verb(method: .get, path: "nodes/{node}"), as: lantern.door.ada).json["weight"] == 100)
    }

    @Test("names of nothing are 404, never 500", arguments: verbs.filter(\.isOfOneThing))
    func nonsense(verb: Verb) async throws {
        let door = try await GatewayDoor()
        for name in ["x", "01", "%00", "%F0%9F%9A%80", String(repeating: "9", count: 26), String(repeating: "7", count: 26)] {
            let path = verb.path.replacing("{node}", with: name).replacing("{key}", with: name).replacing("{request}", with: name)
                .replacing("{price}", with: name)
            #expect(try await door.send(verb.method, path, verb.body, as: door.ada).status == 404, "\(verb) \(name)")
        }
    }

    @Test("bodies of any kind are answered by a code, never by 500", arguments: verbs.filter { !$0.body.isEmpty })
    func bodies(verb: Verb) async throws {
        let lantern = try await Lantern()
        let bodies = [
            "null", "[]", "0", "\"x\"", "{\"a\":1e999}", String(repeating: "[", count: 20_000),
            "{\"name\":\"\(String(repeating: "客", count: 30_000))\"}",
            "{\"name\":\"\\u0000\",\"url\":\"\\u0000\",\"match\":\"\\u0000\",\"input\":\"1\",\"output\":\"1\",\"QUEUE\":\"\\u0000\"}",
            #"{"name":1,"url":[],"groups":{},"from":"x","to":{},"match":1,"QUEUE":[]}"#,
            #"{"groups":[[[]]],"weight":99999999999999999999,"priority":-1,"expiresAt":-9223372036854775808,"from":-1,"to":9223372036854775807}"#,
        ]
        for body in bodies {
            let answer = try await lantern.send(verb, as: lantern.door.ada, body: body)
            #expect(answer.status < 500, "\(verb) \(body.prefix(60)): \(answer.text.prefix(200))")
            #expect(answer.status < 400 || !answer.code.isEmpty, "\(verb) \(body.prefix(60))")
        }
    }
}
