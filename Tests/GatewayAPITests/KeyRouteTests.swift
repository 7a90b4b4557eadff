import TestSupport
import Testing
import Vocabulary

struct KeyRouteTests {
    @Test("a key is shown once, in the answer that makes it")
    func shownOnce() async throws {
        let door = try await GatewayDoor()
        let made = try await door.post(
            "keys",
            #"{"name":"Kim","scopes":["inference"],"models":["claude-*"],"requestsPerMinute":60,"concurrency":5,"budgetDay":"1234500000","budgetMonth":null}"#,
            as: door.cleo)
        #expect(made.status == 201)
        let text = made.json["key"].text
        #expect(text.hasPrefix("sb-") && text.utf8.count == 46 && text.hasPrefix(made.json["prefix"].text))
        #expect(
            made.json.names == [
                "id", "name", "prefix", "scopes", "models", "expiresAt", "requestsPerMinute", "tokensPerMinute", "concurrency", "budgetDay",
                "budgetMonth", "active", "createdAt", "createdBy", "lastUsedAt", "lost", "today", "month", "key",
            ])
        #expect(made.json["budgetDay"] == "1234500000" && made.json["budgetMonth"] == nil && made.json["createdBy"] == "Cleo")
        let (list, one) = (try await door.get("keys", as: door.bo), try await door.get("keys/\(made.json["id"].text)", as: door.bo))
        #expect(list.items == [one.json] && one.json["key"] == .absent && one.json["active"] == true)
        #expect(!list.text.contains(text.dropFirst(9)) && !one.text.contains(text.dropFirst(9)))
    }

    @Test("limits are changed one by one; null lifts them")
    func change() async throws {
        let door = try await GatewayDoor()
        let id = try await door.key().id
        let limited = try await door.patch("keys/\(id)", #"{"requestsPerMinute":60,"budgetDay":"0"}"#, as: door.cleo).json
        #expect(limited["requestsPerMinute"] == 60 && limited["budgetDay"] == "0")
        let lifted = try await door.patch("keys/\(id)", #"{"requestsPerMinute":null}"#, as: door.cleo).json
        #expect(lifted["requestsPerMinute"] == nil && lifted["budgetDay"] == "0")
    }

    @Test(
        "what is no money, no number or no scope is refused with its field",
        arguments: [
            (#"{"budgetDay":5}"#, "budgetDay"), (#"{"budgetDay":"$5"}"#, "budgetDay"), (#"{"budgetDay":"+5"}"#, "budgetDay"),
            (#"{"budgetDay":"-5"}"#, "budgetDay"), (#"{"budgetDay":"99999999999999999999"}"#, "budgetDay"),
            (#"{"concurrency":0}"#, "concurrency"),
            (#"{"requestsPerMinute":"60"}"#, "requestsPerMinute"), (#"{"scopes":null}"#, "scopes"), (#"{"name":""}"#, "name"),
            (#"{"expiresAt":1}"#, "expiresAt"),
        ])
    func faults(body: String, field: String) async throws {
        let door = try await GatewayDoor()
        let id = try await door.key().id
        let answer = try await door.patch("keys/\(id)", body, as: door.ada)
        #expect(answer.status == 422 && answer.fields == [field], "\(answer.text)")
    }

    @Test("a revoked key stays so")
    func revoke() async throws {
        let door = try await GatewayDoor()
        let id = try await door.key().id
        #expect(try await door.post("keys", #"{"name":"Kim's laptop"}"#, as: door.ada).code == "gateway.key_name_taken")
        #expect(try await door.post("keys/\(id)/revoke", as: door.cleo).json["active"] == false)
        #expect(try await door.patch("keys/\(id)", #"{"concurrency":1}"#, as: door.ada).code == "gateway.key_revoked")
        #expect(try await door.post("keys", "{}", as: door.ada).fields == ["name"])
    }

    @Test("keys have pages, newest first, and what they used")
    func pages() async throws {
        let door = try await GatewayDoor()
        for name in ["one", "two", "three"] {
            _ = try await door.key(name)
            door.clock.advance(by: .seconds(1))
        }
        let first = try await door.get("keys?limit=2", as: door.bo).json
        #expect(first["items"].list.map { $0["name"] } == ["three", "two"])
        let second = try await door.get("keys?limit=2&cursor=\(first["next"].text)", as: door.bo).json
        #expect(second["items"].list.map { $0["name"] } == ["one"] && second["next"] == nil)
        let (node, key) = (try await door.node(), second["items"][0]["id"].text)
        try await door.price()
        try await door.served(by: node, key: key)
        let used = try await door.get("keys/\(key)", as: door.bo).json
        #expect(used["today"]["requests"] == 1 && used["month"]["cost"] == "2600000")
        #expect(try await door.get("keys?cursor=x", as: door.bo).status == 400)
        #expect(try await door.get("keys?limit=0", as: door.bo).code == "web.bad_query")
    }
}

extension GatewayDoor {
    /// $2 and $3 a million.
    @discardableResult
    func price(_ match: String = "practice-*") async throws -> String {
        let made = try await post("prices", #"{"match":"\#(match)","input":"2000000000","output":"3000000000"}"#, as: ada)
        #expect(made.status == 201, "\(made.text)")
        return made.json["id"].text
    }
}
