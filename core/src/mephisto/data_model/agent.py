"""Agents: workers' attempts at units and at onboardings."""

from mephisto.data_model.agent_state import AgentState
from mephisto.data_model.objects import Agent, OnboardingAgent

__all__ = ["Agent", "AgentState", "OnboardingAgent"]
