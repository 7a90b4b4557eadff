import Gauges
import Testing

struct ExpositionTests {
    @Test("a page reads as Prometheus's format says")
    func page() {
        let requests = Family(labels: ["method", "status"]) { Counter() }
        requests["GET", "200"].add(3)
        requests["POST", "503"].add()
        let wait = Histogram(bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { wait.observe(value) }
        var page = Exposition()
        page.add("http_requests_total", "Requests.", requests)
        page.add("wait_seconds", "Waits\nof people.", wait)
        page.add("open", .gauge, "Open.", 2.5)
        #expect(
            page.text == """
                # HELP http_requests_total Requests.
                # TYPE http_requests_total counter
                http_requests_total{method="GET",status="200"} 3
                http_requests_total{method="POST",status="503"} 1
                # HELP wait_seconds Waits\\nof people.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="0.1"} 2
                wait_seconds_bucket{le="1"} 3
                wait_seconds_bucket{le="+Inf"} 4
                wait_seconds_sum 7.65
                wait_seconds_count 4
                # HELP open Open.
                # TYPE open gauge
                open 2.5

                """)
    }

    @Test("a label can't end its line or its quotes")
    func hostile() {
        let paths = Family(labels: ["path"]) { Counter() }
        paths["a\"} 1\nforged 2\\"].add()
        var page = Exposition()
        page.add("x_total", "X.", paths)
        #expect(page.text.split(separator: "\n").count == 3)
        #expect(page.text.contains(#"x_total{path="a\"} 1\nforged 2\\"} 1"#))
    }

    @Test("a million names make no more series than the limit, and none is lost")
    func bounded() {
        let paths = Family(labels: ["path"], limit: 200) { Counter() }
        for number in 0..<100_000 { paths["/\(number)"].add() }
        #expect(paths.all.count == 201)
        #expect(paths.all.reduce(0) { $0 + $1.figure.value } == 100_000)
    }

    @Test("what is no time counts as none; counters never fall")
    func nonsense() {
        let wait = Histogram()
        for value in [-1, .nan, .infinity, -.infinity] as [Double] { wait.observe(value) }
        #expect(wait.picture.cumulative.last == 4 && wait.picture.sum == 0)
        let counter = Counter()
        counter.add(5)
        counter.add(-3)
        #expect(counter.value == 5)
    }

    @Test("nothing is lost among eight threads")
    func threads() async {
        let counter = Counter(), wait = Histogram()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<10_000 {
                        counter.add()
                        wait.observe(0.002)
                    }
                }
            }
        }
        #expect(counter.value == 80_000 && wait.picture.cumulative.last == 80_000)
    }
}
