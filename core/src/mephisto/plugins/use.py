"""One use of plugins: a run, a check, a review. It makes instances of just those it needs, and calls their hooks."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar, cast

import pluggy

from mephisto.errors import MephistoError, PluginFailed, PluginMisuse
from mephisto.hookspecs import KINDS, NAME, ArchitectSpecs, BlueprintSpecs, ProviderSpecs
from mephisto.plugins.discovery import Offer
from mephisto.plugins.loading import find, load_offer

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


class Hooks(BlueprintSpecs, ArchitectSpecs, ProviderSpecs):
    """What the relay of a plugin manager looks like to a type checker."""


class Use:
    """The chosen plugins, one instance each, in a plugin manager of their own.

    `Use({"blueprint": "static_task", "architect": "local"})` loads both and raises what `load` raises.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._manager = pluggy.PluginManager(NAME)
        self._offers: dict[int, Offer] = {}
        #: The instance of each kind.
        self.plugins: dict[str, object] = {}
        self._checked_calls: set[tuple[str, ...]] = set()
        for specs in KINDS.values():
            self._manager.add_hookspecs(specs)
        for kind, name in names.items():
            offer = find(kind, name)
            self.plugins[kind] = instance(offer)
            self.add(self.plugins[kind], offer)
        self.hooks = cast("Hooks", self._manager.hook)

    def add(self, plugin: object, offer: Offer) -> None:
        """Let one more instance take part; *offer* says in errors where it comes from."""
        self._offers[id(plugin)] = offer
        self._manager.register(plugin)
        self._checked_calls.clear()

    def ask(
        self, hook: Callable[Parameters, Answer], /, *args: Parameters.args, **arguments: Parameters.kwargs
    ) -> Answer:
        """Ask the one plugin that answers *hook*; an answer of `None` is an error if the hook is required."""
        caller = self._checked(hook, args, arguments)
        answer = self._run(caller, arguments)
        if answer is None and self._is_required(caller):
            raise self._misuse(caller, "answered None, where an answer is required")
        return cast("Answer", answer)

    def ask_all(
        self,
        hook: Callable[Parameters, Iterable[Answer]],
        /,
        *args: Parameters.args,
        **arguments: Parameters.kwargs,
    ) -> list[Answer]:
        """Ask a question whose answer is a list, empty where nobody answers."""
        caller = self._checked(hook, args, arguments)
        # Read here, since a generator only begins to work, and to fail, when it is read.
        answers: list[Answer] = self._run(caller, arguments, lambda answer: list(answer or ()))
        return answers

    def command(
        self, hook: Callable[Parameters, None], /, *args: Parameters.args, **arguments: Parameters.kwargs
    ) -> None:
        """Give a command to the one plugin that carries it out."""
        self._run(self._checked(hook, args, arguments), arguments)

    def _checked(
        self, hook: Callable[..., Any], args: tuple[Any, ...], arguments: Mapping[str, Any]
    ) -> pluggy.HookCaller:
        caller = cast("pluggy.HookCaller", hook)
        call = (caller.name, *arguments)
        if call in self._checked_calls and not args:
            return caller
        if args:
            raise PluginMisuse(f"The hook {caller.name!r} was called with positional arguments.")
        expected = caller.spec.argnames if caller.spec else ()
        missing = [name for name in expected if name not in arguments]
        if missing:
            raise PluginMisuse(f"The hook {caller.name!r} was called without {', '.join(missing)}.")
        answering = [impl for impl in caller.get_hookimpls() if not (impl.hookwrapper or impl.wrapper)]
        if len(answering) > 1:
            named = " and ".join(self._name(impl.plugin) for impl in answering)
            raise PluginMisuse(
                f"{len(answering)} plugins implement {caller.name!r}.",
                f"They are {named}.",
                "Only one plugin of a kind can take part in a run; use a wrapper to observe a hook.",
            )
        if not answering and self._is_required(caller):
            raise PluginMisuse(f"No plugin implements {caller.name!r}.")
        self._checked_calls.add(call)
        return caller

    def _run(
        self,
        caller: pluggy.HookCaller,
        arguments: Mapping[str, Any],
        read: Callable[[Any], Any] = lambda answer: answer,
    ) -> Any:
        try:
            return read(caller(**arguments))
        except MephistoError:
            raise
        except Exception as error:
            named = " or ".join(self._name(impl.plugin) for impl in caller.get_hookimpls())
            raise PluginFailed(
                f"{named} failed in {caller.name!r}.",
                f"{type(error).__name__}: {error}",
                "The traceback is shown with --debug.",
            ) from error

    def _is_required(self, caller: pluggy.HookCaller) -> bool:
        return caller.spec is not None and hasattr(caller.spec.function, f"{NAME}_required")

    def _misuse(self, caller: pluggy.HookCaller, what: str) -> PluginMisuse:
        named = " or ".join(self._name(impl.plugin) for impl in caller.get_hookimpls())
        return PluginMisuse(f"{named} {what}: hook {caller.name!r}.")

    def _name(self, plugin: object) -> str:
        offer = self._offers.get(id(plugin))
        return (
            f"{type(plugin).__qualname__} of {offer.distribution} {offer.version}" if offer else repr(plugin)
        )


def instance(offer: Offer) -> object:
    """Make an instance of a plugin; raises what `load` raises, and `PluginFailed` if making it failed."""
    plugin = load_offer(offer)
    try:
        return plugin()
    except Exception as error:
        raise PluginFailed(
            f"The {offer} failed when it was made.",
            f"{type(error).__name__}: {error}",
            "A plugin is made without arguments, and only its hooks do work.",
        ) from error
