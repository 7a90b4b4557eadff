import HTTPTypes
import TestSupport
import Testing
import Vocabulary

struct RequestRouteTests {
    @Test("a request is listed and told with its tries, its bill and the way it went")
    func detail() async throws {
        let door = try await GatewayDoor()
        let (north, south, key) = (try await door.node("north"), try await door.node("south"), try await door.key().id)
        try await door.price()
        let id = try await door.served(by: south, key: key, failed: [north])
        let listed = try await door.get("requests", as: door.bo).items
        #expect(
            listed.first?.names == [
                "id", "at", "key", "model", "mappedModel", "operation", "stream", "status", "httpStatus", "code", "node", "attempts",
                "firstByteMs", "durationMs", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "cost", "priced",
            ])
        #expect(listed.first?["id"] == .text(id) && listed.first?["cost"] == "2600000" && listed.first?["node"]["name"] == "south")
        let one = try await door.get("requests/\(id)", as: door.bo).json
        #expect(one["tries"].list.map { $0["outcome"] } == ["status_529", "completed"])
        #expect(one["tries"][0].names == ["node", "at", "certainty", "outcome", "httpStatus", "ms", "suspectedCharge", "reason"])
        #expect(one["tier"] == "standard")
        #expect(one["decision"].list.map { $0["words"].text }.joined(separator: "; ").contains("south was tried next"))
        #expect(one["usage"]["input"] == 1_000 && one["usage"]["cacheWrite1h"] == 0)
        #expect(one["priceLines"].list.map { $0["cost"] } == ["2000000", "600000"] && one["priceLines"][0]["perMillion"] == "2000000000")
        let node = try await door.get("nodes/\(north)", as: door.bo).json
        #expect(node["today"]["requests"] == 1 && node["today"]["failures"] == 1 && node["timeline"][47]["state"] == "down")
        #expect(try await door.get("nodes/\(south)", as: door.bo).json["timeline"][47]["state"] == "healthy")
    }

    @Test("filters part them; what is no id or no status is refused")
    func filters() async throws {
        let door = try await GatewayDoor()
        let (north, south, key) = (try await door.node("north"), try await door.node("south"), try await door.key().id)
        try await door.served(by: north, key: key)
        door.clock.advance(by: .seconds(10))
        try await door.served(by: south, key: key, model: "practice-2")
        let now = door.clock.now().milliseconds
        let counts = [
            "": 2, "?key=\(key)": 2, "?node=\(south)": 1, "?model=practice-2": 1, "?status=failed": 0, "?from=\(now - 1)": 1,
            "?to=\(now)": 1, "?limit=1": 1,
        ]
        for (query, count) in counts {
            #expect(try await door.get("requests\(query)", as: door.bo).items.count == count, "\(query)")
        }
        let id = try await door.get("requests?limit=1", as: door.bo).items.first?["id"].text ?? ""
        for text in [id, id.lowercased()] {
            #expect(try await door.get("requests?request=\(text)", as: door.bo).items.map { $0["id"].text } == [id])
        }
        #expect(try await door.get("requests?request=\(id)", as: door.eve).items.isEmpty)
        for query in ["?request=req_1", "?key=x", "?node=%00", "?status=gone", "?from=-1", "?limit=201"] {
            #expect(try await door.get("requests\(query)", as: door.bo).code == "web.bad_query", "\(query)")
        }
        #expect(try await door.get("requests/x", as: door.bo).code == "gateway.request_not_found")
    }

    @Test("usage is told by each grouping, as JSON and as a table", arguments: ["day", "hour", "model", "key", "node"])
    func usage(by: String) async throws {
        let door = try await GatewayDoor()
        let (node, key) = (try await door.node(), try await door.key().id)
        try await door.price()
        try await door.served(by: node, key: key)
        try await door.served(by: node, key: key, model: "nobody-knows")
        let report = try await door.get("usage?by=\(by)", as: door.bo).json
        #expect(report.names == ["items", "total", "unpricedModels"] && report["unpricedModels"] == .list(["nobody-knows"]))
        #expect(report["total"]["requests"] == 2 && report["total"]["cost"] == "2600000" && report["total"]["unpriced"] == 1)
        #expect(
            report["items"][0].names == [
                "name", "id", "requests", "failures", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "cost",
                "unpriced",
            ])
        let table = try await door.get("usage?by=\(by)", as: door.bo, accept: "text/csv")
        #expect(table.headers[.contentType] == "text/csv; charset=utf-8" && table.text.hasPrefix("name,id,requests,"))
        #expect(table.headers[.contentDisposition] == "attachment; filename=\"usage-by-\(by).csv\"")
        #expect(try await door.get("usage?by=\(by)", as: door.eve).json["total"]["requests"] == 0)
    }

    @Test("days are those of the zone")
    func zones() async throws {
        let door = try await GatewayDoor()
        let (node, key) = (try await door.node(), try await door.key().id)
        // 08:00 UTC is the next day in a zone 16 hours east of it, which there is none of; 14 is the most.
        door.clock.advance(by: .seconds(8 * 3_600))
        try await door.served(by: node, key: key)
        func day(_ zone: String) async throws -> JSON? {
            try await door.get("usage?zone=\(zone)", as: door.bo).items.last { $0["requests"] == 1 }?["name"]
        }
        #expect(try await day("Z") == "2026-11-21")
        #expect(try await day("%2B08:00") == "2026-11-22")
        #expect(try await day("+08:00") == "2026-11-22")
        #expect(try await day("-03:30") == "2026-11-21")
        for zone in ["8", "+8:00", "+15:00", "+08:60", "+08:00:00", "UTC", "+%F0%9F%9A%80"] {
            #expect(try await door.get("usage?zone=\(zone)", as: door.bo).code == "web.bad_query", "\(zone)")
        }
        #expect(try await door.get("usage?by=week", as: door.bo).code == "web.bad_query")
        #expect(try await door.get("usage?from=2&to=1", as: door.bo).code == "web.bad_query")
        #expect(try await door.get("usage?from=0&to=9223372036854775807&by=hour", as: door.bo).status == 200)
    }

    @Test("own prices stand above the book, only they can be deleted, and the past is priced anew on demand")
    func prices() async throws {
        let door = try await GatewayDoor()
        let (node, key) = (try await door.node(), try await door.key().id)
        let request = try await door.served(by: node, key: key)
        #expect(try await door.get("requests/\(request)", as: door.bo).json["priced"] == false)
        let id = try await door.price()
        let listed = try await door.get("prices", as: door.bo).items
        #expect(listed.first?["id"] == .text(id) && listed.first?["own"] == true && listed.first?["cacheRead"] == "2000000000")
        #expect(
            listed.first?.names == [
                "id", "match", "effectiveFrom", "tierAbove", "input", "output", "cacheRead", "cacheWrite5m", "cacheWrite1h", "source",
                "thirdParty", "own",
            ])
        let period = #""from":0,"to":\#(door.clock.now().milliseconds + 1)"#
        let dry = try await door.post("prices/rerate", "{\(period)}", as: door.cleo).json
        #expect(dry["changed"] == 1 && dry["before"] == "0" && dry["after"] == "2600000" && dry["models"][0]["model"] == "practice-1")
        #expect(try await door.get("requests/\(request)", as: door.bo).json["cost"] == nil)
        #expect(try await door.post("prices/rerate", "{\(period),\"apply\":true}", as: door.cleo).json["changed"] == 1)
        #expect(try await door.get("requests/\(request)", as: door.bo).json["cost"] == "2600000")
        #expect(try await door.post("prices/rerate", "{\(period),\"apply\":true}", as: door.cleo).json["changed"] == 0)
        let actions = try await door.get("audit", as: door.ada).items.map { $0["action"] }
        #expect(actions.filter { $0 == "usage.rerated" }.count == 1 && actions.contains("price.added"))
        #expect(try await door.send(.delete, "prices/\(id)", as: door.cleo).status == 204)
        #expect(try await door.send(.delete, "prices/\(id)", as: door.cleo).code == "gateway.price_not_found")
        let builtIn = try await door.get("prices", as: door.bo).items.first?["id"].text ?? ""
        #expect(try await door.send(.delete, "prices/\(builtIn)", as: door.ada).status == 404)
    }

    @Test("prices that can't be are refused")
    func priceFaults() async throws {
        let door = try await GatewayDoor()
        try await door.price("practice-9")
        #expect(
            try await door.post("prices", #"{"match":"practice-9","input":"1","output":"1"}"#, as: door.ada).code == "gateway.price_taken")
        for (body, field) in [
            (#"{"match":"a","output":"1"}"#, "input"), (#"{"match":"a","input":1,"output":"1"}"#, "input"),
            (#"{"match":"a","input":"-1","output":"1"}"#, "input"), (#"{"match":"","input":"1","output":"1"}"#, "match"),
            (#"{"match":"a","input":"1","output":"1","tierAbove":-1}"#, "tierAbove"),
        ] {
            let answer = try await door.post("prices", body, as: door.ada)
            #expect(answer.status == 422 && answer.fields == [field], "\(body) \(answer.text)")
        }
        for body in [#"{"from":5,"to":5}"#, #"{"from":9223372036854775807,"to":-9223372036854775808,"apply":true}"#, #"{"from":1}"#] {
            #expect(try await door.post("prices/rerate", body, as: door.ada).status == 422, "\(body)")
        }
    }
}
