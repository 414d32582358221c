"""HTTP APIs that are declared as an OpenAPI body, as SAM does, and that answer at an address of their own.

MiniStack ignores the body. It also names an API ``<id>.execute-api.127.0.0.1``, which no resolver knows;
``*.localhost`` works in browsers only. So every API gets a port on 127.0.0.1: links that begin with a slash,
cookies and signatures then behave as on AWS.
"""

import asyncio
import re
import socket

import settings
from patching import module, need, replace

apigateway = need(module("services.apigateway"), "_apis", "_routes", "_integrations", "_authorizers")
stacks = need(module("services.cloudformation.stacks"), "_resolve_stack_outputs")
provisioners = need(
    module("services.cloudformation.provisioners"), "_RESOURCE_HANDLERS",
    "_apigw_v2_route_create", "_apigw_v2_integration_create", "_apigw_v2_authorizer_create",
)
app = need(module("app"), "app", "_parse_execute_api_url")

rest = need(module("services.apigateway_v1"), "_rest_apis")
router = need(module("core.router"), "extract_access_key_id")
responses = need(module("core.responses"), "request_scope")

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_loop: asyncio.AbstractEventLoop | None = None
_serve = None
_doors: dict[str, asyncio.Event] = {}
_FUNCTION = re.compile(r":lambda:path/[^/]+/functions/(.+)/invocations$")


# ---- the body -------------------------------------------------------------

def _authorizer(api_id: str, name: str, scheme: dict) -> tuple[str, str | None]:
    """The kind of authorization that a security scheme means, and the authorizer made for it."""
    given = scheme.get("x-amazon-apigateway-authorizer") or {}
    if scheme.get("x-amazon-apigateway-authtype") == "awsSigv4":
        return "AWS_IAM", None
    jwt = given.get("jwtConfiguration") or {}
    kind = "JWT" if given.get("type", "").lower() == "jwt" else "REQUEST"
    source = given.get("identitySource") or "$request.header.Authorization"
    authorizer, _ = provisioners._apigw_v2_authorizer_create(name, {
        "ApiId": api_id, "Name": name, "AuthorizerType": kind,
        "IdentitySource": source if isinstance(source, list) else source.split(","),
        "JwtConfiguration": {"Audience": jwt.get("audience", []), "Issuer": jwt.get("issuer", "")},
        "AuthorizerUri": given.get("authorizerUri", ""),
        "AuthorizerPayloadFormatVersion": given.get("authorizerPayloadFormatVersion", "2.0"),
        "EnableSimpleResponses": given.get("enableSimpleResponses", False),
    }, "")
    return "JWT" if kind == "JWT" else "CUSTOM", authorizer


def _route(api_id: str, key: str, operation: dict, schemes: dict, usual: list) -> None:
    declared = operation.get("x-amazon-apigateway-integration") or {}
    function = _FUNCTION.search(declared.get("uri", ""))
    integration, _ = provisioners._apigw_v2_integration_create("", {
        "ApiId": api_id, "IntegrationType": declared.get("type", "aws_proxy").upper(),
        "IntegrationUri": function.group(1) if function else declared.get("uri", ""),
        "IntegrationMethod": declared.get("httpMethod", "POST"),
        "PayloadFormatVersion": declared.get("payloadFormatVersion", "2.0"),
        "TimeoutInMillis": declared.get("timeoutInMillis", 30000),
    }, "")
    security = operation.get("security", usual)
    name, scopes = next(iter(security[0].items())) if security and security[0] else ("", [])
    kind, authorizer = schemes.get(name, ("NONE", None))
    provisioners._apigw_v2_route_create("", {
        "ApiId": api_id, "RouteKey": key, "Target": f"integrations/{integration}", "AuthorizationType": kind,
        "AuthorizerId": authorizer, "AuthorizationScopes": scopes,
    }, "")


def _import(api_id: str, body: dict) -> None:
    for store in (apigateway._routes, apigateway._integrations, apigateway._authorizers):
        store[api_id] = {}
    declared = (body.get("components") or {}).get("securitySchemes") or {}
    schemes = {name: _authorizer(api_id, name, scheme) for name, scheme in declared.items()}
    for path, operations in (body.get("paths") or {}).items():
        for method, operation in operations.items():
            verb = method.upper() if method.lower() in _METHODS else "ANY" if method == "x-amazon-apigateway-any-method" else ""
            if verb:
                _route(api_id, "$default" if path == "$default" else f"{verb} {path}", operation, schemes,
                       body.get("security") or [])
    api = apigateway._apis[api_id]
    if body.get("x-amazon-apigateway-cors"):
        api["corsConfiguration"] = body["x-amazon-apigateway-cors"]
    if (body.get("info") or {}).get("title"):
        api["name"] = str(body["info"]["title"])


# ---- the address ----------------------------------------------------------

def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.bind(("127.0.0.1", 0))
    listener.set_inheritable(False)
    return listener


def _application(api_id: str):
    """The emulator as this API shows it. The raw path stays as it was signed."""
    async def answer(scope, receive, send):
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            return await send({"type": "lifespan.shutdown.complete"})
        if scope["type"] != "http":
            return None
        return await app.app({**scope, "path": f"/_aws/execute-api/{api_id}{scope['path']}"}, receive, send)

    return answer


def _open(api_id: str, port: int = 0) -> str:
    from hypercorn.config import Config

    listener = _listen(port)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.loglevel = "WARNING"
    config.graceful_timeout = 0.5
    closed = _doors[api_id] = asyncio.Event()
    coroutine = _serve(_application(api_id), config, shutdown_trigger=closed.wait)
    _loop.call_soon_threadsafe(lambda: _loop.create_task(coroutine))
    return address


def _close(api_id: str) -> None:
    door = _doors.pop(api_id, None)
    if door:
        _loop.call_soon_threadsafe(door.set)


def _owner(api_id: str) -> tuple[str, str] | None:
    for apis in (apigateway._apis, rest._rest_apis):
        for account, region, known in list(apis._data):
            if known == api_id:
                return account, region
    return None


def _for_anybody(original):
    """A request without credentials belongs to the account of the API; MiniStack looks in its default account."""
    async def handle(host, path, method, headers, body, query_params, **kwargs):
        parsed = app._parse_execute_api_url(host, path)
        owner = _owner(parsed[0]) if parsed and not router.extract_access_key_id(headers, query_params) else None
        if owner is None:
            return await original(host, path, method, headers, body, query_params, **kwargs)
        with responses.request_scope(*owner):
            return await original(host, path, method, headers, body, query_params, **kwargs)

    return handle


# ---- outputs ------------------------------------------------------------

_ADDRESS = re.compile(r"https://([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?")


def _here(match: re.Match) -> str:
    api_id = match.group(1)
    if api_id in rest._rest_apis:
        return f"{settings.ENDPOINT}/_aws/execute-api/{api_id}"
    return apigateway._apis.get(api_id, {}).get("apiEndpoint") or match.group(0)


def _reachable(original):
    """Templates put the address of an API together, as the Serverless Framework does; here no resolver knows that name."""
    def resolve(*args, **kwargs):
        outputs, exports = original(*args, **kwargs)
        for output in outputs:
            output["OutputValue"] = _ADDRESS.sub(_here, output["OutputValue"])
        return outputs, exports

    return resolve


# ---- the resource type ----------------------------------------------------

def _finish(api_id: str, props: dict, changed: bool) -> None:
    api = apigateway._apis[api_id]
    if props.get("CorsConfiguration"):
        # A template spells AllowOrigins, the service looks for allowOrigins.
        api["corsConfiguration"] = {key[0].lower() + key[1:]: value for key, value in props["CorsConfiguration"].items()}
    if changed and isinstance(props.get("Body"), dict):
        _import(api_id, props["Body"])


def _create(original):
    def create(logical_id, props, stack_name):
        api_id, attributes = original(logical_id, props, stack_name)
        _finish(api_id, props, changed=True)
        if props.get("ProtocolType", "HTTP") == "HTTP":
            attributes["ApiEndpoint"] = apigateway._apis[api_id]["apiEndpoint"] = _open(api_id)
        return api_id, attributes

    return create


def _update(original):
    def update(physical_id, old_props, new_props, stack_name, logical_id=None):
        api_id, attributes = original(physical_id, old_props, new_props, stack_name, logical_id)
        _finish(api_id, new_props, changed=new_props.get("Body") != old_props.get("Body"))
        return api_id, attributes

    return update


def _delete(original):
    def delete(physical_id, props):
        _close(physical_id)
        original(physical_id, props)

    return delete


def started(loop, serve) -> None:
    """The server runs: from now on APIs can listen. Those of an earlier start get their ports back."""
    global _loop, _serve
    _loop, _serve = loop, serve


def _reopen() -> None:
    for api in apigateway._apis._data.values():
        if api.get("protocolType") == "HTTP" and api["apiId"] not in _doors:
            port = int(api.get("apiEndpoint", "").rpartition(":")[2] or 0)
            api["apiEndpoint"] = _open(api["apiId"], 0 if port == settings.PORT else port)


def install() -> None:
    def loaded(original):
        def load():
            original()
            _reopen()

        return load

    replace(app, "_load_persisted_state", loaded)
    replace(app, "_handle_execute_api_request", _for_anybody)
    replace(stacks, "_resolve_stack_outputs", _reachable)
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    for name, make in (("create", _create), ("update", _update), ("delete", _delete)):
        handlers[name] = make(handlers[name])
