#if DEBUG
    import Desk
    import Glibc
    import HTTPTypes
    import Hummingbird
    import NIOCore
    import Settings
    import Storage
    import WebServer

    extension HouseSettings {
        static let testFaults = SettingKey.bool(
            "TEST_FAULTS", default: false,
            meaning: Meaning(
                "For tests of debug builds only: routes under /test/fault/ that end or stop the server",
                "仅供调试版测试：/test/fault/ 下的路由会使服务器崩溃或挂起"))
        /// Read by `DebugFaults` from the environment, before there are settings; here it is known, so that it's no unknown name.
        static let fault = SettingKey.text(
            "FAULT", limit: 100, default: "",
            meaning: Meaning(
                "For tests of debug builds only: trap:<stage>, hang:<stage>, refuse:<stage>:<code> of the start, mute:ready, next:<what>",
                "仅供调试版测试：在指定启动阶段崩溃、挂起或拒绝，或扮作下一版本"))
    }

    /// `/test/fault/…`: each route breaks the server in one way.
    struct FaultRoutes: Sendable {
        let database: any HouseDatabase
        let desk: DeskRoom
        let eventLoops: any EventLoopGroup

        func add(to router: Router<RequestScope>) {
            let faults = router.group("test/fault")
            faults.on("trap", methods: [.get, .post]) { DebugFaults.trap(at: 100) }
            faults.on("stack", methods: [.get, .post]) { _ = DebugFaults.stack(0) }
            faults.on("abort", methods: [.get, .post]) { abort() }
            faults.on("oom", methods: [.get, .post]) { DebugFaults.memory() }
            let (database, desk, eventLoops) = (database, desk, eventLoops)
            faults.hang("hang-loop") { seconds in
                for eventLoop in eventLoops.makeIterator() { eventLoop.execute { DebugFaults.hang(seconds: seconds) } }
            }
            faults.hang("hang-writer") { seconds in database.visitWriter { DebugFaults.hang(seconds: seconds) } }
            faults.hang("hang-lock") { _ in database.visitWriter { DebugFaults.wait() } }
            faults.hang("hang-fan-out") { seconds in desk.visitFanOut { DebugFaults.hang(seconds: seconds) } }
            faults.hang("hang-tasks") { seconds in
                for _ in 0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) * 2 { Task { DebugFaults.hang(seconds: seconds) } }
            }
        }
    }

    /// Takes the server's request to itself and never answers.
    struct Mute: RouterMiddleware {
        typealias Context = RequestScope

        func handle(
            _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
        ) async throws -> Response {
            if request.uri.path == "/ready" { try await Task.sleep(for: .seconds(3_600)) }
            return try await next(request, context)
        }
    }

    extension RouterGroup where Context == RequestScope {
        fileprivate func on(_ path: RouterPath, methods: [HTTPRequest.Method], _ fault: @escaping @Sendable () -> Void) {
            for method in methods {
                on(path, method: method) { _, _ -> Response in
                    fault()
                    return Response(status: .internalServerError)
                }
            }
        }

        /// `?seconds=`, 30 unless told otherwise; answers before it stops, so that the asker is not what hangs.
        fileprivate func hang(_ path: RouterPath, _ fault: @escaping @Sendable (Int) -> Void) {
            get(path) { request, _ -> Response in
                fault(request.uri.queryParameters["seconds"].flatMap { Int($0) } ?? 30)
                return Response(status: .noContent)
            }
        }
    }
#endif
